"""The port that backends implement."""
