"""Verifies the DKIM signature of the message on standard input, as a receiving server would.

Usage: verify_dkim.py NAME RECORD    the DNS name that must be asked, and what it answers
"""
import sys

import dkim

name, record = sys.argv[1].encode(), sys.argv[2].encode()


def dns(asked, timeout=5):
    return record if asked.rstrip(b".") == name else None


sys.exit(0 if dkim.verify(sys.stdin.buffer.read(), dnsfunc=dns) else "the signature does not hold")
