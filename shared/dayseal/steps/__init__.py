"""What the nine steps of `workflow.py` do, one file each. Pure where it can be; ports come by injection."""
