"""A day of links: owners that connect, subscribe, read and write over `sim:lab` while a fault a minute strikes."""
