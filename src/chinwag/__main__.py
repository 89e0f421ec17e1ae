"""Run the command line as `python -m chinwag`."""

from chinwag.cli import main

if __name__ == "__main__":
    main()
