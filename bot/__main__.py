"""`python -m bot` is `kentongan`."""

import sys

from bot.cli import main

sys.exit(main())
