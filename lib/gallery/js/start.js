// --- all of it --------------------------------------------------------------------------------------------------------

themes();
reader();
draw();
curves();
frames();
mistakes();
figures();
tasks();
runs();
hints();
sections();
