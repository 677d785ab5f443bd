"""The command's entry: parses the command line before anything heavy is imported."""
