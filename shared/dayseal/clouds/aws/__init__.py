"""Amazon Web Services: boto3 stays here."""
