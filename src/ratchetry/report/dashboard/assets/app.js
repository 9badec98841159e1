window.ratchetry = { load(name, data) { document.title = name + " " + Object.keys(data).length; } };
