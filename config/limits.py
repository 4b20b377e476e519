"""What the reading of one letter may cost unless the office says otherwise; who only reads knows no settings."""

LETTER_SECONDS = 60  # by the clock
LETTER_MEGABYTES = 512
SCAN_SECONDS = 25  # of processor time, for all pictures of pages together; by the clock twice as many
