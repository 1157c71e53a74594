"""What the figures of docs/performance.md are measured with: `make bench`, or `python -m bench` with names of figures."""
