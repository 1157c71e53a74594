"""Reports on paper: PDF files and zips of them, made by a worker."""
