"""Search: what documents and their files say, findable by words, phrases, codes and dates (NĐ 30/2020, Phụ lục VI)."""
