"""The banks that take part in credit transfers here. All invented."""

PARTICIPANTS = [
    {"name": name, "bank_code": bank_code, "ispb": ispb}
    for name, bank_code, ispb in (
        ("Banco Aurora", "901", "12345678"),
        ("Banco Serra Azul", "902", "23456789"),
        ("Banco do Cerrado", "903", "34567890"),
        ("Banco Ipê Roxo", "904", "45678901"),
        ("Banco Maré Alta", "905", "56789012"),
        ("Banco Pampa", "906", "67890123"),
        ("Banco Jatobá", "907", "78901234"),
        ("Banco Litoral", "908", "89012345"),
        ("Banco Vereda", "909", "90123456"),
        ("Banco Araucária", "910", "11223344"),
        ("Banco Lua Nova", "911", "22334455"),
        ("Banco Estrela do Norte", "912", "33445566"),
    )
]
