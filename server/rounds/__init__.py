"""Rounds: plan, open, close, reopen; who is expected to rate whom; progress."""
