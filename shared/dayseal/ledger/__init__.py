"""The log: its names, its commit protocol, what it admits, and how it is read and checked."""
