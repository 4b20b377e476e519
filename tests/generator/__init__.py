"""Vietnamese official documents that nobody wrote, each with what stands on it: the truth for every test of reading.

Layouts follow NĐ 30/2020/NĐ-CP, Phụ lục I and III, Hướng dẫn 36-HD/VPTW for the Party, and what offices really send.
Nothing here knows the reader, and the reader must not know this.
"""
