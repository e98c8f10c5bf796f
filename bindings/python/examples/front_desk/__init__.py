"""Front Desk, the till of a small shop: an example of desksession in tkinter. `python -m front_desk` in the folder above."""
