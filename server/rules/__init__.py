"""Who may see and do what. Pure: standard library only, no await, no ORM, no clock, no HTTP."""
