"""Archive shapes: undoing gzip, telling shapes apart, and cutting objects into records.

Everything here streams in constant memory, and what it yields for given bytes never changes
within one splitter version.
"""
