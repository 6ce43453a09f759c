#!/usr/bin/env python3
"""audit_table.py [--check]: write the table of gen/audit/README.md from the program's own list, or compare the two."""
import json, os, subprocess, sys

readme = "gen/audit/README.md"
program = os.environ.get("CUESMITH", "build/cuesmith")
rows = json.loads(subprocess.run([program, "list", "properties", "--json"], capture_output=True, text=True, check=True).stdout)
lines = ["| id | property | | measured on | what is measured and wanted |", "| --- | --- | --- | --- | --- |"]
for row in rows:
    lines.append("| {id} | {name} | {kind} | {on} | {text} |".format(
        kind="hard" if row["hard"] else "soft", on="sound" if row["sound"] else "notes", **row))
head, rest = open(readme).read().split("<!-- table -->\n")
old, tail = rest.split("<!-- end of table -->\n")
new = "\n".join(lines) + "\n"
if "--check" in sys.argv:
    if old != new:
        sys.exit(f"{readme} does not hold the table of the program; run tests/tools/audit_table.py")
else:
    open(readme, "w").write(head + "<!-- table -->\n" + new + "<!-- end of table -->\n" + tail)
