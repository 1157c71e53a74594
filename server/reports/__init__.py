"""Reports: all feedback on one student in one round, the mentor's message, sharing."""
