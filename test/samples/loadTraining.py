"""Prints what Python Coral makes of the training states and the checkpoint list "exp" of each repository given."""
import json
import logging
import sys
from pathlib import Path

from coral.training.checkpoint_manager import CheckpointConfig, CheckpointManager
from coral.training.training_state import TrainingState
from coral.version_control.repository import Repository

logging.disable(logging.CRITICAL)
out = {}
for root in sys.argv[1:]:
    coral = Path(root) / '.coral'
    states = {path.stem: TrainingState.load(str(path)) for path in sorted((coral / 'states').glob('*.json'))}
    manager = CheckpointManager(Repository(root), CheckpointConfig(), 'm', 'exp')
    text = (coral / 'checkpoints' / 'exp.json').read_text()
    out[root] = {
        'states': {name: [state.epoch, state.global_step, repr(state.loss), repr(state.metrics)] for name, state in states.items()},
        'listed': [checkpoint['timestamp'] for checkpoint in manager.list_checkpoints()],
        'best': manager.best_checkpoint_hash,
        'isPythonsForm': json.dumps(json.loads(text), indent=2) == text,
    }
print(json.dumps(out))
