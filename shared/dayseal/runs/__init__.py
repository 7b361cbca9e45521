"""One day's run cut into tasks that do not share memory: the tasks, and the documents that pass between them."""
