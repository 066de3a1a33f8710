"""The command line: a thin shell that reads files, calls the package and prints.

Data goes to stdout, everything else to stderr. Exit codes: 0 all is well, 1 a failure of ours or of
the machine, 2 a mistake in the command, 3 a gate failed, 4 a table, schema or model whose content
cannot be used, 130 interrupted by Ctrl-C, 143 ended by SIGTERM.

- ``main``: the group of commands and its entry point.
- ``demo``, ``schema``, ``fit``, ``sample``, ``evaluate``, ``info``: one command each.
- ``options``: what the values of options mean. ``where``: conditions written ``column=value``.
- ``tables``: tables in. ``writing``: tables and text out. ``cells``: what the text in a CSV file
  stands for. ``completing``: what the shell offers for a word.
- ``screen``: tables and a bar on the screen. ``saying``: sentences on stderr. ``outcome``: errors
  and warnings as lines and exit codes.
- ``loading``: Keras imported in silence.

The command modules import pandas and the package's rooms inside their functions, so that
``tabgan --help`` is there at once.
"""
