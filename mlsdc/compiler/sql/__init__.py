"""SQL text in; the columns that it returns, what each is computed from, and its mistakes out.

`sqlglot` is imported inside functions and only where a design holds SQL: its import takes longer
than checking a design. Law: any text ends in a result or in `Unread`, in bounded time and memory.
"""
