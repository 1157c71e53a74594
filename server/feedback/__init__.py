"""Feedback: stoplight, remark and action of one teaching group for one student in one round."""
