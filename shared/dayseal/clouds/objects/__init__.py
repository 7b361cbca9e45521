"""Ledger stores and head guards in buckets: one adapter for S3, GCS and Azure, told apart by a `Dialect`.

The bucket itself (an obstore store) and what lists it come from the cloud's own folder; `wiring` joins them.
"""
