// --- all of it --------------------------------------------------------------------------------------------------------

themes();
reader();
draw();
curves();
mistakes();
figures();
tasks();
runs();
hints();
sections();
