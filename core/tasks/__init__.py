"""The handling of documents (xử lý văn bản): trình, duyệt, giao, phân công, xử lý (Quy chế 63, Chương II, Điều 5 to 7).

`tables` says what is kept and which states there are, `transitions` who may do what where, `directing` the leaders'
acts, `transfers` what goes straight to its handler and `ordering` the orders for that, `dividing` the acts of a head,
`handling` those of whoever works, `parties` who takes part besides, `asking` what is asked for and answered.
"""
