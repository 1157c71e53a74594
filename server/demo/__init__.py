"""The demo school: its people, two finished rounds and an open one."""
