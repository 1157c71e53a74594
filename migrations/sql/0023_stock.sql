-- Notices and deliveries grow by thousands when a school is told at once; see db.Stock.
grant maintain on notice, delivery to driehoek_app;
