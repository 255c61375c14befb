"""The pages of participants: the list, the case, and one screen for each thing that is done to it."""
