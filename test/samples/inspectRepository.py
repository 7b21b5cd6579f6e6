"""Prints, for each repository given, what Python Coral finds in it: branches, log, every weight of every commit; then collects garbage."""
import hashlib
import json
import logging
import sys

from coral.version_control.repository import Repository

logging.disable(logging.CRITICAL)
out = {}
for root in sys.argv[1:]:
    repository = Repository(root)
    branches = {branch.name: branch.commit_hash for branch in repository.branch_manager.list_branches()}
    weights = {}
    for commit_hash, commit in repository.version_graph.commits.items():
        for name in commit.weight_hashes:
            weight = repository.get_weight(name, commit_hash)
            data = weight.data.astype(weight.data.dtype.newbyteorder('<')).tobytes()
            weights[f'{commit_hash}/{name}'] = [str(weight.data.dtype.name), list(weight.data.shape), hashlib.sha256(data).hexdigest()]
    logs = {name: [commit.commit_hash for commit in repository.log(max_commits=1000, branch=name)] for name in branches}
    current = repository.branch_manager.get_current_branch()
    for name in branches:
        repository.checkout(name)
    for commit_hash in repository.version_graph.commits:
        repository.checkout(commit_hash)
    if current in branches:
        repository.checkout(current)
    out[root] = {
        'branches': branches, 'current': current, 'commits': sorted(repository.version_graph.commits), 'logs': logs, 'weights': weights,
        'remotes': sorted(repository.list_remotes()) if hasattr(repository, 'list_remotes') else None, 'cleaned': repository.gc()['cleaned_weights'],
    }
print(json.dumps(out))
