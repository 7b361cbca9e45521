"""Fakes that dayseal ships: they keep the ports' promises, and break them when told to."""
