"""Write one format a file: `records` makes records of turns, `check` holds one to its consumer's rules.

`KINDS` names the kinds of file, `jsonl` or `parquet`, a format is written as; `schema` gives the Parquet form, and
`DEEPEST`, where a format has it, the depth from which on turns are left out. What `about` gives, where a format has it,
of a workspace is put into the manifest under the format's name.
"""
