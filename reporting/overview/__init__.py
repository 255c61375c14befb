"""How this year stands so far: the goals, the flows, the waiting and the levels, month by month."""
