"""What comes from outside the command line: the file, the environment, credentials by reference, the state folder."""
