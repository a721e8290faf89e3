"""Reports on paper: an answer in, the bytes of a file out."""
