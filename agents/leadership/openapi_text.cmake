# cmake -DINPUT=… -DOUTPUT=… -P openapi_text.cmake: the bytes of a file as C, so that the program needs no file beside it to describe
# itself.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"openapi_text.h\"\nconst unsigned char openapi_text[] = {\n${bytes}};\nconst size_t openapi_text_size = sizeof openapi_text;\n")
