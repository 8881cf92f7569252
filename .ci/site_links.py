"""Links of the pages, which are right on GitHub, made right on the site.

Each rule of the contract gets an anchor, for the Javadoc. README.md, CHANGELOG.md and CONTRIBUTING.md are pages too, though
they are not in docs/. A link to a file that is not a page becomes a link to the repository; one to a file that does not
exist fails the build.
"""
import logging
import os
import posixpath
import re

from mkdocs.structure.files import File
from mkdocs.structure.nav import Link

log = logging.getLogger("mkdocs.links")
PAGES_OF_THE_ROOT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
CONTRACT = "spec.md"
ROW_OF_A_RULE = re.compile(r"^\| ([A-Z]+-\d+) \|", re.MULTILINE)
BLOCK_OR_LINK = re.compile(r"^```.*?^```|(?<=\]\()[^)\s]+", re.MULTILINE | re.DOTALL)


def on_files(files, config):
    root = os.path.dirname(config["config_file_path"])
    for name in PAGES_OF_THE_ROOT:
        files.append(File(name, root, config["site_dir"], config["use_directory_urls"]))
    return files


def on_nav(nav, config, files):
    nav.items.append(Link("API (Javadoc)", "api/index.html"))  # made by the javadoc tool, not by this generator
    return nav


def on_page_markdown(markdown, page, config, files):
    root = os.path.dirname(config["config_file_path"])
    source = page.file.src_uri
    folder = "" if source in PAGES_OF_THE_ROOT else posixpath.join("docs", posixpath.dirname(source))

    def on_the_site(match):
        link = match.group()
        if link.startswith(("```", "#", "http:", "https:")):
            return link
        target, hash, anchor = link.partition("#")
        path = posixpath.normpath(posixpath.join(folder, target))
        if not os.path.exists(os.path.join(root, path)):
            log.warning(f"{source} links to {link}, which does not exist")
        uri = path if path in PAGES_OF_THE_ROOT else path[len("docs/"):] if path.startswith("docs/") else None
        if uri and files.get_file_from_path(uri):
            return posixpath.relpath(uri, posixpath.dirname(source) or ".") + hash + anchor
        return f"{config['repo_url']}/blob/main/{path}{hash}{anchor}"

    if source == CONTRACT:
        markdown = ROW_OF_A_RULE.sub(r'| <a id="\1"></a>\1 |', markdown)
    return BLOCK_OR_LINK.sub(on_the_site, markdown)
