"""What the front end weighs and how fast it answers on a phone: `make bench-pwa`, or `python -m bench.pwa` with names."""
