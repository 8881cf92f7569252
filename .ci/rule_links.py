"""Makes each id of a rule in the Javadoc of the site a link to that rule in the contract.

Usage: rule_links.py docs/spec.md target/site/api
"""
import pathlib
import re
import sys

contract, javadoc = map(pathlib.Path, sys.argv[1:])
rules = set(re.findall(r"^\| ([A-Z]+-\d+) \|", contract.read_text(), re.MULTILINE))
families = "|".join(sorted({rule.partition("-")[0] for rule in rules}))
ID = re.compile(rf"\b(?:{families})-\d+\b")
TAG = re.compile(r"(<[^>]*>)")
unknown = set()
links = 0


def link(match, way):
    global links
    if match.group() not in rules:
        unknown.add(match.group())
    links += 1
    return f'<a href="{way}spec.html#{match.group()}">{match.group()}</a>'


for page in javadoc.rglob("*.html"):
    way = "../" * len(page.relative_to(javadoc).parts)
    inside = 0  # of an element whose text is no place for a link
    parts = TAG.split(page.read_text())
    for i, part in enumerate(parts):
        if re.match(r"<(a|script|title)\b", part):
            inside += 1
        elif re.match(r"</(a|script|title)>", part):
            inside -= 1
        elif inside == 0 and not part.startswith("<"):
            parts[i] = ID.sub(lambda match: link(match, way), part)
    page.write_text("".join(parts))

if unknown or not links:
    sys.exit(f"FAILED: not in {contract}: {sorted(unknown)}, {links} links")
print(f"ok: {links} links from the Javadoc to the rules")
