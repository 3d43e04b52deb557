// --- all of it --------------------------------------------------------------------------------------------------------

themes();
reader();
draw();
curves();
mistakes();
figures();
tasks();
hints();
sections();
