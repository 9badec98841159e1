"""Which tests are flaky: from the outcomes of many runs, told from broken ones and from outages."""
