"""Background jobs: thin, primitives in, safe to run twice."""
