"""Untrained networks of real architectures, small enough to be made by a test: what is proved with
them is that they are loaded, read and named as they should be, not what they say."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import Any, Literal

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

Kind = Literal["bert", "roberta", "deberta"]
SHAPE = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
CORPUS = (
    "The ferry to Osk runs again from Monday, the harbour office said.",
    "Who is the mayor? The mayor is Ilse Brandt, and the wall costs 48 million crowns.",
    "When would work begin? In March, after the storm, they said to the town council.",
)
_SEED = 7


def tiny_reader(folder: Path, kind: Kind = "bert", **config: Any) -> Path:
    """A folder with an untrained question-answering network; `config` changes its shape."""
    network = {
        "bert": "BertForQuestionAnswering",
        "roberta": "RobertaForQuestionAnswering",
        "deberta": "DebertaV2ForQuestionAnswering",
    }[kind]
    return _saved(folder, kind, network, config)


def tiny_cross_encoder(folder: Path, kind: Kind = "bert", *, labels: int = 1) -> Path:
    """A folder with an untrained cross-encoder."""
    network = {
        "bert": "BertForSequenceClassification",
        "roberta": "RobertaForSequenceClassification",
        "deberta": "DebertaV2ForSequenceClassification",
    }[kind]
    return _saved(folder, kind, network, {"num_labels": labels})


def _saved(folder: Path, kind: Kind, network: str, config: dict[str, Any]) -> Path:
    torch: Any = importlib.import_module("torch")
    transformers: Any = importlib.import_module("transformers")
    words = _words(transformers, kind)
    shape = {**SHAPE, "vocab_size": len(words), **_POSITIONS[kind], **config}
    torch.manual_seed(_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates what transformers' DeBERTa calls
        kind_of_network = getattr(transformers, network)
        kind_of_network(kind_of_network.config_class(**shape)).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


_POSITIONS: dict[Kind, dict[str, Any]] = {
    "bert": {"max_position_embeddings": 256},
    "roberta": {
        "max_position_embeddings": 258,
        "type_vocab_size": 1,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
    },
    "deberta": {"max_position_embeddings": 256, "type_vocab_size": 0, "relative_attention": True},
}


def _words(transformers: Any, kind: Kind) -> Any:
    """A tokenizer of the kind's own making, trained on `CORPUS`."""
    if kind == "roberta":
        special = {"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>",
                   "unk_token": "<unk>"}  # fmt: skip
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        trainer: Any = trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        )
    else:
        special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]",
                   "unk_token": "[UNK]"}  # fmt: skip
        spaced = kind == "deberta"
        made = Tokenizer(models.Unigram() if spaced else models.WordPiece(unk_token="[UNK]"))
        made.pre_tokenizer = (
            pre_tokenizers.Metaspace() if spaced else pre_tokenizers.BertPreTokenizer()
        )
        marks = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
        trainer = (
            trainers.UnigramTrainer(vocab_size=200, special_tokens=marks, unk_token="[UNK]")
            if spaced
            else trainers.WordPieceTrainer(vocab_size=300, special_tokens=marks)
        )
    made.train_from_iterator(CORPUS, trainer)
    first, last = special["cls_token"], special["sep_token"]
    if kind == "roberta":
        made.post_processor = processors.RobertaProcessing(
            (last, made.token_to_id(last)), (first, made.token_to_id(first))
        )
    else:
        made.post_processor = processors.TemplateProcessing(
            single=f"{first} $A {last}",
            pair=f"{first} $A {last} $B:1 {last}:1",
            special_tokens=[(mark, made.token_to_id(mark)) for mark in (first, last)],
        )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, **special)
