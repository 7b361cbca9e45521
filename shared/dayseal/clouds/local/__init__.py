"""Adapters for plain folders and files on this machine."""
