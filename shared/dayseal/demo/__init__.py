"""The demo: a generator of realistic archives, and the story told over them."""
