@echo off
rem Haggle's command line, on the Node that came with it.
set "HAGGLE_NODE=%~dp0resources\node\node.exe"
set "HAGGLE_OUT=%~dp0resources\app.asar.unpacked\out"
"%HAGGLE_NODE%" "%HAGGLE_OUT%\cli\haggle.js" %*
