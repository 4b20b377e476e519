"""The address book (Danh bạ cơ quan): who writes to the office, under which names, codes and addresses (B4)."""
