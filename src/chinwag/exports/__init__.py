"""Write one format a file: `records` makes records of turns, `check` holds one to its consumer's rules.

`KINDS` names the kinds of file, `jsonl` or `parquet`, a format is written as; `schema` gives the Parquet form. Where a
format has them: `FILE` names its files in another way (without `{number}` a split is one file, which one process
writes); `ROW_GROUP` is the number of rows in a row group; `COMPRESS` names the only ways in which its readers take it
packed; `DEEPEST` is the depth from which on turns are left out; `FEATURES` are the columns as `datasets` is told of
them, which it cannot tell by itself where records nest without end; what `about` gives of a workspace is put into the
manifest under the format's name; `beside` writes more files into the folder; `check_folder` says what breaks the rules
of a folder as a whole. Records follow from one conversation alone: parts of the turns are written by several processes.

A format that is a database has `write` in place of all that, and `check_database`.
"""
