"""The history in a git remote: writers push commits without a parent to an inbox, folders unite them on a data ref.

The user's repository is only asked where the remote is and how to log in there.  Objects live in a bare repository
of our own that is gone when the command ends: a shallow fetch into the user's would make that shallow, and a commit
there would wait weeks for being pruned.
"""
