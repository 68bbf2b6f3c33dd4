# cmake -DINPUT=… -DOUTPUT=… -DNAME=… -P openapi_text.cmake: the bytes of a file as C, so that the program needs no file
# beside it to describe itself. NAME.h declares NAME and NAME_size.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"${NAME}.h\"\nconst unsigned char ${NAME}[] = {\n${bytes}};\nconst size_t ${NAME}_size = sizeof ${NAME};\n")
